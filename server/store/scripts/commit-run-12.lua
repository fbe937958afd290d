-- Write a run after a decision: run, due work, timeline entries and the command's kept reply appear together or not at all.
-- Nothing is written when the run has moved on since the decision read it.
-- KEYS[1] run hash (version, run, book); KEYS[2] runs by start; KEYS[3..5] timeline: seq, epoch, stream; KEYS[6] idempotency hash;
-- KEYS[7] due:items; KEYS[8] due:claims; KEYS[9..12] due queues: timeout, approval, execute, verify
-- ARGV[1] run id; ARGV[2] version it was read with, empty for a new run; ARGV[3] new version; ARGV[4] run as JSON; ARGV[5] plan as
-- JSON, with a new run only; ARGV[6] start in ms; ARGV[7] fingerprint of the command, empty without one; ARGV[8] ms its reply is kept;
-- ARGV[9] new timeline epoch; ARGV[10] number of entries, then each; then due changes of 5: set or cut, queue 1–4, field, id, due time
-- Returns { 'done' | 'replay', run as JSON }, { 'mismatch', '' } or { 'conflict', '' }
-- @include append-timeline
-- @include idempotency
if ARGV[7] ~= '' then
  local before = findReply(KEYS[6], ARGV[7])
  if before then return before end
end
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[2] then return { 'conflict', '' } end
redis.call('HSET', KEYS[1], 'version', ARGV[3], 'run', ARGV[4])
if ARGV[2] == '' then
  redis.call('HSET', KEYS[1], 'book', ARGV[5])
  redis.call('ZADD', KEYS[2], ARGV[6], ARGV[1])
end
local at = 10
for _ = 1, tonumber(ARGV[10]) do
  at = at + 1
  appendTimeline(3, ARGV[at], ARGV[9])
end
for i = at + 1, #ARGV, 5 do
  local queue = KEYS[8 + tonumber(ARGV[i + 1])]
  redis.call('HDEL', KEYS[8], ARGV[i + 2])
  if ARGV[i] == 'set' then
    redis.call('HSET', KEYS[7], ARGV[i + 2], '{}')
    redis.call('ZADD', queue, ARGV[i + 4], ARGV[i + 3])
  else
    redis.call('HDEL', KEYS[7], ARGV[i + 2])
    redis.call('ZREM', queue, ARGV[i + 3])
  end
end
if ARGV[7] == '' then return { 'done', ARGV[4] } end
return keepReply(KEYS[6], ARGV[7], ARGV[8], ARGV[4])
