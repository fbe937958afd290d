-- Write or delete one shift of the duty roster under its version, with its timeline entry.
-- KEYS[1] shifts hash: id to JSON; KEYS[2] versions: id to version; KEYS[3..5] timeline; KEYS[6] idempotency hash
-- ARGV[1] id; ARGV[2] expected version, 0 for a new one; ARGV[3] new version, empty to delete; ARGV[4] JSON of the shift, as it was
-- when deleted; ARGV[5] timeline body; ARGV[6] new epoch; ARGV[7] print of the command; ARGV[8] ms its reply is kept; ARGV[9] most
-- shifts there may be
-- Returns { 'done' | 'replay' | 'mismatch' | 'conflict' | 'full', JSON of the shift }
-- @include append-timeline
-- @include idempotency
local before = findReply(KEYS[6], ARGV[7])
if before then return before end
if (redis.call('HGET', KEYS[2], ARGV[1]) or '0') ~= ARGV[2] then
  return { 'conflict', redis.call('HGET', KEYS[1], ARGV[1]) or 'null' }
end
if ARGV[2] == '0' and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[9]) then return { 'full', '' } end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
end
appendTimeline(3, ARGV[5], ARGV[6])
return keepReply(KEYS[6], ARGV[7], ARGV[8], ARGV[4])
