-- Write or end one override of the duty roster, with its timeline entry.
-- KEYS[1] overrides hash: id to JSON; KEYS[2..4] timeline; KEYS[5] idempotency hash
-- ARGV[1] id; ARGV[2] JSON; ARGV[3] timeline body; ARGV[4] new epoch; ARGV[5] print of the command, empty for none; ARGV[6] ms its
-- reply is kept
-- Returns { 'done' | 'replay' | 'mismatch', JSON of the override }
-- @include append-timeline
-- @include idempotency
if ARGV[5] ~= '' then
  local before = findReply(KEYS[5], ARGV[5])
  if before then return before end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
appendTimeline(2, ARGV[3], ARGV[4])
if ARGV[5] ~= '' then return keepReply(KEYS[5], ARGV[5], ARGV[6], ARGV[2]) end
return { 'done', ARGV[2] }
