-- Stop all money writes, or let them go on: the ledger and the balances did not agree, or do again.
-- KEYS[1] head; KEYS[2..4] timeline
-- ARGV[1] reason, empty to go on; ARGV[2] entry; ARGV[3] new timeline epoch; ARGV[4] now in ms
-- Returns 1 when this changed something
-- @include append-timeline
local stopped = redis.call('HGET', KEYS[1], 'frozenReason')
if ARGV[1] == '' then
  if not stopped then return 0 end
  redis.call('HDEL', KEYS[1], 'frozenReason', 'frozenAt')
else
  if stopped then return 0 end
  redis.call('HSET', KEYS[1], 'frozenReason', ARGV[1], 'frozenAt', ARGV[4])
end
redis.call('HINCRBY', KEYS[1], 'revision', 1)
appendTimeline(2, ARGV[2], ARGV[3])
return 1
