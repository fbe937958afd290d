-- Begin a command whose effect is outside Redis: whoever comes second with the same key waits or gets the first one's reply.
-- KEYS[1] idempotency hash
-- ARGV[1] print of the command; ARGV[2] ms after which a command that never ended may be tried again
-- Returns { 'new' | 'busy' | 'replay' | 'mismatch', reply }
-- @include idempotency
local before = findReply(KEYS[1], ARGV[1])
if before then return (before[1] == 'replay' and before[2] == '') and { 'busy', '' } or before end
redis.call('HSET', KEYS[1], 'print', ARGV[1], 'reply', '')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { 'new', '' }
