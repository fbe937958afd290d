-- Write an incident after a decision: record, reminder, timeline entries and the command's kept reply appear together or not at
-- all. Nothing is written when the incident has moved on since the decision read it.
-- KEYS[1] versions by id; KEYS[2] records by id; KEYS[3] records that are not resolved, by id; KEYS[4..6] timeline: seq, epoch,
-- stream; KEYS[7] idempotency hash; KEYS[8] due:items; KEYS[9] due:claims; KEYS[10] due queue of reminders; KEYS[11] seqs of its entries
-- ARGV[1] id; ARGV[2] version it was read with, empty for a new one; ARGV[3] new version; ARGV[4] record as JSON; ARGV[5] state;
-- ARGV[6] fingerprint of the command, empty without one; ARGV[7] ms its reply is kept; ARGV[8] new timeline epoch;
-- ARGV[9] reminder: set, cut or keep; ARGV[10] its field; ARGV[11] its due time in ms; ARGV[12..] timeline entries
-- Returns { 'done' | 'replay', record as JSON }, { 'mismatch', '' }, { 'conflict', version it has } or, for a new one with an alert
-- that an incident already has that is not resolved, { 'held', that incident's record as JSON }
-- @include append-timeline
-- @include idempotency
if ARGV[6] ~= '' then
  local before = findReply(KEYS[7], ARGV[6])
  if before then return before end
end
local version = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if version ~= ARGV[2] then return { 'conflict', version } end
if ARGV[2] == '' then
  local mine = {}
  for _, alert in ipairs(cjson.decode(ARGV[4]).alertIds) do mine[alert] = true end
  for _, other in ipairs(redis.call('HVALS', KEYS[3])) do
    for _, alert in ipairs(cjson.decode(other).alertIds) do
      if mine[alert] then return { 'held', other } end
    end
  end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
if ARGV[5] == 'resolved' then
  redis.call('HDEL', KEYS[3], ARGV[1])
else
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[4])
end
for i = 12, #ARGV do
  redis.call('RPUSH', KEYS[11], appendTimeline(4, ARGV[i], ARGV[8]))
end
if ARGV[9] ~= 'keep' then
  redis.call('HDEL', KEYS[9], ARGV[10])
  if ARGV[9] == 'set' then
    redis.call('HSET', KEYS[8], ARGV[10], '{}')
    redis.call('ZADD', KEYS[10], ARGV[11], ARGV[1])
  else
    redis.call('HDEL', KEYS[8], ARGV[10])
    redis.call('ZREM', KEYS[10], ARGV[1])
  end
end
if ARGV[6] == '' then return { 'done', ARGV[4] } end
return keepReply(KEYS[7], ARGV[6], ARGV[7], ARGV[4])
