-- Create or change a silence under its version, with its timeline entry and the announcement of its end.
-- KEYS[1] silences hash: id to JSON; KEYS[2] versions: id to version; KEYS[3..5] timeline; KEYS[6..8] due silence ending;
-- KEYS[9] idempotency hash
-- ARGV[1] id; ARGV[2] expected version, 0 for a new one; ARGV[3] new version; ARGV[4] JSON; ARGV[5] timeline body; ARGV[6] new
-- epoch; ARGV[7] field of the due item; ARGV[8] when its end is announced, ms, empty for never; ARGV[9] print of the command,
-- empty for none; ARGV[10] ms its reply is kept
-- Returns { 'done' | 'replay' | 'mismatch' | 'conflict', JSON of the silence }
-- @include redis-time
-- @include due-work
-- @include append-timeline
-- @include idempotency
if ARGV[9] ~= '' then
  local before = findReply(KEYS[9], ARGV[9])
  if before then return before end
end
if (redis.call('HGET', KEYS[2], ARGV[1]) or '0') ~= ARGV[2] then
  return { 'conflict', redis.call('HGET', KEYS[1], ARGV[1]) or 'null' }
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
if ARGV[8] == '' then cancelDue(6, ARGV[7], ARGV[1]) else scheduleDue(6, ARGV[7], ARGV[1], tonumber(ARGV[8]), '{}') end
appendTimeline(3, ARGV[5], ARGV[6])
if ARGV[9] ~= '' then return keepReply(KEYS[9], ARGV[9], ARGV[10], ARGV[4]) end
return { 'done', ARGV[4] }
