-- Gives back the try of a login that turned out good. A counter that has run out meanwhile stays gone: no key without an end.
local function giveBackTry(key)
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
