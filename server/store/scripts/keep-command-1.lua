-- Keep the reply of a command that hold-command began.
-- KEYS[1] idempotency hash
-- ARGV[1] print of the command; ARGV[2] ms the reply is kept; ARGV[3] the reply
-- Returns { 'done', reply }
-- @include idempotency
return keepReply(KEYS[1], ARGV[1], ARGV[2], ARGV[3])
