-- Approve the code a screen shows: makes the kiosk, which the screen then claims. Wrong codes are counted for each approver.
-- KEYS[1] pairing hash; KEYS[2] wrong tries of the approver; KEYS[3] kiosk index, name key to id; KEYS[4] principal hash
-- KEYS[5..7] timeline: seq, epoch, stream
-- ARGV[1] name key; ARGV[2] id; ARGV[3] principal fields; ARGV[4] life of the kiosk in ms
-- ARGV[5] tries; ARGV[6] their window in ms; ARGV[7] entry body; ARGV[8] new timeline epoch
-- Returns 1 approved, -1 no such code, -2 its time is over, -3 used before, -4 the name is taken, or { -5, wait in ms }
-- @include principal
-- @include append-timeline
if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[5]) then return { -5, redis.call('PTTL', KEYS[2]) } end
local now = nowMs()
local pairing = redis.call('HMGET', KEYS[1], 'state', 'expiresAtMs')
local wrong = 0
if not pairing[1] then wrong = -1
elseif pairing[1] ~= 'waiting' then wrong = -3
elseif tonumber(now) >= tonumber(pairing[2]) then wrong = -2 end
if wrong ~= 0 then
  if redis.call('INCR', KEYS[2]) == 1 then redis.call('PEXPIRE', KEYS[2], ARGV[6]) end
  return wrong
end
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1 then return -4 end
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
setFields(KEYS[4], ARGV[3])
local expiresAtMs = string.format('%.0f', tonumber(now) + tonumber(ARGV[4]))
redis.call('HSET', KEYS[4], 'epoch', '1', 'createdAtMs', now, 'expiresAtMs', expiresAtMs)
redis.call('HSET', KEYS[1], 'state', 'approved', 'kiosk', ARGV[2])
redis.call('DEL', KEYS[2])
appendTimeline(5, ARGV[7], ARGV[8])
return 1
