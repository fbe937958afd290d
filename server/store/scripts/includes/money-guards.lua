-- What a move must meet, judged on the rows after it: each guard is { kind, code, account or key, … } with amounts as text.
-- A guard answers: met, limit, asked, until, more (numbers, or nil where they say nothing; more: exposure, id of a freeze). Needs money-rows, redis-time,
-- KEYS[5] rails, KEYS[6] frozen; sums name their own key. The order of guards is the order of refusals.
local now = redisNowMs()
local function rail(account, name) return redis.call('HGET', KEYS[5], account .. '|' .. name) end
local function moved(account, first, second) -- what the move takes from (3, 5 falls) or gives to an account
  local one = row(account)
  return math.max(one.at[first] - one.was[first], 0) + math.max(second * (one.at[5] - one.was[5]), 0)
end
local function spent(account) -- of its own allocation
  local one = row(account)
  return one.at[5] - (one.at[2] - one.at[1])
end
local guards = {}
function guards.version(g)
  local version = row(g[3]).was[6] + tonumber(rail(g[3], 'version') or '0')
  return version == tonumber(g[4]), version, tonumber(g[4])
end
-- a card counts once: the rail is given back when its request is not carried out
function guards.card(g) return not rail('card', g[3]) end
function guards.available(g)
  return available(row(g[3])) >= 0, math.max(0, availableBefore(row(g[3]))), moved(g[3], 3, -1)
end
function guards.floor(g)
  local one = row(g[3])
  local floor = rail(g[3], 'pinned') == '1' and one.was[5] or tonumber(rail(g[3], 'floor') or '0')
  return one.at[5] - one.at[3] >= floor, math.max(0, one.was[5] - one.was[3] - floor), moved(g[3], 3, -1)
end
function guards.cap(g)
  local one = row(g[3])
  local cap = rail(g[3], 'pinned') == '1' and one.was[5] or tonumber(rail(g[3], 'cap') or '')
  if not cap then return true end
  return one.at[5] + one.at[4] <= cap, math.max(0, cap - one.was[5] - one.was[4]), moved(g[3], 4, 1)
end
-- what a refused raise gives back fits below the giver's cap; a pin does not hold back money of its own
function guards.room(g)
  local one = row(g[3])
  local cap = tonumber(rail(g[3], 'cap') or '')
  if not cap then return true end
  return one.at[5] + one.at[4] <= cap, math.max(0, cap - one.was[5] - one.was[4])
end
-- a cover account is never paid more than what is open on it
function guards.covered(g)
  return available(row(g[3])) <= 0, math.max(0, -availableBefore(row(g[3]))), moved(g[3], 4, 1)
end
-- a channel never pays back more than the reserve has paid for what was charged on it
function guards.lent(g)
  local name, own = string.sub(g[3], 6), spent(g[3])
  local paid, cover = row('spend:' .. name), row('cover:' .. name)
  return paid.at[2] - paid.at[1] - own - math.max(0, -available(cover)) >= 0
end
-- I5: g[4] part of g[5], what it was funded with, that stays in it; g[5] '' is all that was ever funded
function guards.reserve(g)
  local least = math.ceil(tonumber(g[4]) * (g[5] == '' and row('funding').at[1] or tonumber(g[5])))
  return available(row(g[3])) >= least, math.max(0, availableBefore(row(g[3])) - least), moved(g[3], 3, -1)
end
-- g[4] amount; g[5] part of the account's allocation, or g[6] minor units: the larger one; g[7] hard part, '' for none
function guards.step(g)
  local allocated = row(g[3]).was[5]
  local limit = math.max(math.floor(tonumber(g[5]) * allocated), tonumber(g[6]))
  if g[7] ~= '' then limit = math.min(limit, math.floor(tonumber(g[7]) * allocated)) end
  return tonumber(g[4]) <= limit, limit, tonumber(g[4])
end
-- I4, as contract/platforms.ts exposureMinor: g[4..9] least, ratio of spent, plus, frozen, factor, highest set today ('' = present)
function guards.releasable(g)
  local one, paid = row(g[3]), spent(g[3])
  local least = math.max(tonumber(g[4]), paid == 0 and tonumber(g[7]) or math.ceil(tonumber(g[5]) * paid) + tonumber(g[7]),
    paid == 0 and 0 or paid + tonumber(g[6]))
  local factor, budget = tonumber(g[8]), g[9] == '' and least or math.max(tonumber(g[9]), least)
  local exposure = math.max(0, math.max(least, factor == 1 and 0 or math.ceil(factor * budget)) - paid)
  return available(one) >= exposure, math.max(0, availableBefore(one) - exposure), moved(g[3], 3, -1), nil, exposure
end
-- g[4], g[5]: least and most budget on the platform; g[6] least change; g[7] amount
function guards.platform(g)
  local one = row(g[3])
  local low, high = one.at[5] - one.at[3], one.at[5] + one.at[4]
  local met = low >= tonumber(g[4]) and high <= tonumber(g[5]) and tonumber(g[7]) >= tonumber(g[6])
  return met, tonumber(g[7]) < tonumber(g[6]) and tonumber(g[6]) or tonumber(g[4]), tonumber(g[7])
end
-- What a channel's allocation was before each change of the last day, oldest first, to the minute: `<ms>:<minor> …`.
local function pastOf(account)
  local kept = {}
  for at, before in string.gmatch(redis.call('HGET', KEYS[23], account) or '', '(%d+):(%d+)') do
    if tonumber(at) > now - 86400000 then kept[#kept + 1] = { tonumber(at), tonumber(before) } end
  end
  return kept
end
local function dayAgo(account)
  local first = pastOf(account)[1]
  return first and first[2] or row(account).was[5]
end
-- rolling sum of KEYS[g[3]]: g[4] window in ms, g[5] amount, g[6] limit; with g[7], g[8] at most that part of what account g[7] had a
-- day ago, too: measured by what it has now, each raise would make room for the next.
-- A key is read once, newest first: the longest window that is asked of it is a day.
local recent = {}
local function sumOf(key, windowMs)
  if not recent[key] then
    local list = redis.call('ZREVRANGEBYSCORE', key, '+inf', '(' .. text(now - 86400000), 'WITHSCORES')
    local read = {}
    for i = 1, #list, 2 do read[#read + 1] = { tonumber(list[i + 1]), tonumber(string.match(list[i], ':(%d+)$')) } end
    recent[key] = read
  end
  local sum = 0
  for _, one in ipairs(recent[key]) do
    if one[1] <= now - windowMs then break end
    sum = sum + one[2]
  end
  return sum
end
function guards.sum(g)
  local sum, limit = tonumber(g[5]) + sumOf(KEYS[tonumber(g[3])], tonumber(g[4])), tonumber(g[6])
  if g[7] then limit = math.min(limit, math.floor(tonumber(g[8]) * dayAgo(g[7]))) end
  return sum <= limit, limit, sum
end
-- known before the money is looked at: a closed campaign, an alarm, a used-up quota; g[4] until
function guards.never(g) return false, nil, nil, tonumber(g[4]) end
-- new floor g[4] and cap g[5], '' for none: the allocation lies between them, and all floors fit into what the channels have
function guards.within(g)
  local one = row(g[3])
  local floor, cap = tonumber(g[4]), tonumber(g[5])
  return one.at[5] - one.at[3] >= floor and (not cap or one.at[5] + one.at[4] <= cap), one.at[5], floor
end
function guards.cooldown(g)
  local untilMs = tonumber(rail(g[3], 'cooldownUntil') or '0')
  return untilMs <= now, nil, nil, untilMs
end
-- g[4] increase or decrease; a freeze is `<channel or *>|<increases or all>|<id>` → end in ms, 0 for none
function guards.frozen(g)
  local channel = string.sub(g[3], 6)
  local list = redis.call('HGETALL', KEYS[6])
  for i = 1, #list, 2 do
    local on, direction, id = string.match(list[i], '^([^|]+)|([^|]+)|(.*)$')
    local untilMs = tonumber(list[i + 1])
    if (on == '*' or on == channel) and (untilMs == 0 or untilMs > now) and (g[4] == 'increase' or direction == 'all') then
      return false, nil, nil, untilMs, id
    end
  end
  return true
end
