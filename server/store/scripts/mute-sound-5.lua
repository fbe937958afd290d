-- Mute the sound of all rooms until a time, or end a mute, with its timeline entry. Safe to retry.
-- KEYS[1] mute as JSON; KEYS[2..4] timeline: seq, epoch, stream; KEYS[5] idempotency hash
-- ARGV[1] mute as JSON, empty to end it; ARGV[2] ms until it ends; ARGV[3] timeline entry; ARGV[4] new timeline epoch;
-- ARGV[5] fingerprint of the command; ARGV[6] ms its reply is kept
-- Returns { 'done' | 'replay', mute as JSON or empty } or { 'mismatch', '' }
-- @include append-timeline
-- @include idempotency
local before = findReply(KEYS[5], ARGV[5])
if before then return before end
if ARGV[1] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
appendTimeline(2, ARGV[3], ARGV[4])
return keepReply(KEYS[5], ARGV[5], ARGV[6], ARGV[1])
