#!lua
--[[
  Moves dead letters back into their feed, oldest first, and wakes those who read it.

  KEYS  1 feed (and its wake-up channel)  2 dead letters
  ARGV  1 how many at most
  Output how many were moved
]]
local dead = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', ARGV[1])
for _, letter in ipairs(dead) do
  local fields = {}
  for i = 1, #letter[2], 2 do fields[letter[2][i]] = letter[2][i + 1] end
  redis.call('XADD', KEYS[1], '*', 's', fields.s, 'e', fields.e)
  redis.call('XDEL', KEYS[2], letter[1])
end
if #dead > 0 then redis.call('SPUBLISH', KEYS[1], '') end
return #dead
