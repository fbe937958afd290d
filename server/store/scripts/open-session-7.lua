-- Open a session for a person whose password was right.
-- KEYS[1] principal hash; KEYS[2] token hash; KEYS[3] tries of the account; KEYS[4] tries of the address
-- KEYS[5..7] timeline: seq, epoch, stream
-- ARGV[1] epoch at which the password was read; ARGV[2] token fields; ARGV[3] life in ms
-- ARGV[4] entry body; ARGV[5] new timeline epoch
-- Returns 1 opened, 0 the person was changed or disabled meanwhile
-- @include principal
-- @include give-back-try
-- @include append-timeline
local now = redis.call('HMGET', KEYS[1], 'epoch', 'disabled')
if now[1] ~= ARGV[1] or now[2] == '1' then return 0 end
setCredential(KEYS[2], ARGV[2], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[1], 'signedInAtMs', nowMs())
giveBackTry(KEYS[3])
giveBackTry(KEYS[4])
appendTimeline(5, ARGV[4], ARGV[5])
return 1
