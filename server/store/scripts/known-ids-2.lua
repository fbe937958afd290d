-- Which identities are remembered. Reads only: a hint for a body that is about to be folded; apply-batch decides.
-- KEYS[1] ids, this generation; KEYS[2] ids, previous generation
-- ARGV: the identities
-- Returns those that are known
local CHUNK = 1000 -- unpack fails near 8,000
local known = {}
for first = 1, #ARGV, CHUNK do
  local last = math.min(first + CHUNK - 1, #ARGV)
  local here = redis.call('SMISMEMBER', KEYS[1], unpack(ARGV, first, last))
  local before = redis.call('SMISMEMBER', KEYS[2], unpack(ARGV, first, last))
  for i = 1, #here do
    if here[i] == 1 or before[i] == 1 then known[#known + 1] = ARGV[first + i - 1] end
  end
end
return known
