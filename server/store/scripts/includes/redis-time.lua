-- Redis time in whole ms since the Unix epoch: the only clock of due work. Below 1e14 until the year 5138, so it prints exactly.
local function redisNowMs()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
