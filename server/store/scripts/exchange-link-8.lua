-- Exchange a link for a session. A one-time link opens one session however many ask at once.
-- KEYS[1] link hash; KEYS[2] principal hash; KEYS[3] token hash; KEYS[4] tries of the link; KEYS[5] tries of the address
-- KEYS[6..8] timeline: seq, epoch, stream
-- ARGV[1] principal id the link was read with; ARGV[2] token fields; ARGV[3] life in ms
-- ARGV[4] entry body; ARGV[5] new timeline epoch
-- Returns 1 opened, -1 no such link or its person changed since, -2 used before
-- @include principal
-- @include give-back-try
-- @include append-timeline
local link = redis.call('HMGET', KEYS[1], 'principal', 'epoch', 'reusable', 'used')
local now = redis.call('HMGET', KEYS[2], 'epoch', 'disabled')
if not link[1] or link[1] ~= ARGV[1] or link[2] ~= now[1] or now[2] == '1' then return -1 end
if link[4] == '1' and link[3] ~= '1' then return -2 end
redis.call('HSET', KEYS[1], 'used', '1')
setCredential(KEYS[3], ARGV[2], link[2], ARGV[3])
redis.call('HSET', KEYS[2], 'signedInAtMs', nowMs())
giveBackTry(KEYS[4])
giveBackTry(KEYS[5])
appendTimeline(6, ARGV[4], ARGV[5])
return 1
