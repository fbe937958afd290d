-- Take one try of a login before the password is looked at, so that rivals cannot try more than the limit; a good login
-- gives it back. Both counters start a window of their own with their first try.
-- KEYS[1] tries of the account (or link); KEYS[2] tries of the address
-- ARGV[1] tries a window; ARGV[2] window in ms
-- Returns 0 taken, else how long to wait in ms
local waitMs = 0
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[1]) then
    waitMs = math.max(waitMs, redis.call('PTTL', key), 1)
  end
end
if waitMs > 0 then return waitMs end
for _, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2]) end
end
return 0
