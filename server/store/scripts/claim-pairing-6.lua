-- Give the screen that shows an approved code its session, once.
-- KEYS[1] pairing hash; KEYS[2] principal hash of the kiosk; KEYS[3] token hash; KEYS[4..6] timeline: seq, epoch, stream
-- ARGV[1] hash of the screen's secret; ARGV[2] kiosk id the pairing was read with; ARGV[3] token fields; ARGV[4] session id
-- ARGV[5] entry body; ARGV[6] new timeline epoch
-- Returns 1 paired, 0 still waiting, -1 no such pairing or the kiosk was revoked, -2 its time is over, -3 used before
-- @include principal
-- @include append-timeline
local pairing = redis.call('HMGET', KEYS[1], 'secret', 'state', 'expiresAtMs', 'kiosk')
if pairing[1] ~= ARGV[1] then return -1 end
if pairing[2] == 'claimed' then return -3 end
local now = tonumber(nowMs())
if pairing[2] == 'waiting' then return now < tonumber(pairing[3]) and 0 or -2 end
local kiosk = redis.call('HMGET', KEYS[2], 'epoch', 'expiresAtMs')
if pairing[4] ~= ARGV[2] or not kiosk[1] or now >= tonumber(kiosk[2]) then return -1 end
setCredential(KEYS[3], ARGV[3], kiosk[1], string.format('%.0f', tonumber(kiosk[2]) - now))
redis.call('HSET', KEYS[2], 'token', ARGV[4])
redis.call('HSET', KEYS[1], 'state', 'claimed')
appendTimeline(4, ARGV[5], ARGV[6])
return 1
