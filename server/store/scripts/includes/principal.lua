-- Shared by the scripts of people: fields travel as a JSON list `["name","value",…]` of strings, so no number is ever decoded.
local function setFields(key, json)
  local list = cjson.decode(json)
  if #list > 0 then redis.call('HSET', key, unpack(list)) end
end

-- Redis time in ms as text; exact below 2^53 and printed without an exponent.
local function nowMs()
  local time = redis.call('TIME')
  return time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000))
end

-- A credential (session token, link, ingest key) is good while its principal still has this epoch. lifeMs '' = for ever.
local function setCredential(key, json, epoch, lifeMs)
  redis.call('DEL', key)
  setFields(key, json)
  redis.call('HSET', key, 'epoch', epoch, 'createdAtMs', nowMs())
  if lifeMs ~= '' then
    redis.call('HSET', key, 'expiresAtMs', string.format('%.0f', tonumber(nowMs()) + tonumber(lifeMs)))
    redis.call('PEXPIRE', key, lifeMs)
  end
end

-- Tells every node to cut the sockets of a principal; session '' = of all its sessions.
local function tellRevoked(control, principal, session, reason)
  redis.call('XADD', control, 'MAXLEN', '~', '10000', '*', 'principal', principal, 'session', session, 'reason', reason)
end
