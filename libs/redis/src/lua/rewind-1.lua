#!lua flags=allow-oom
--[[
  Sets the customer's cursor back after a reply that could not be written, unless another reply has moved it since.

  KEYS  1 meta hash
  ARGV  1 where the lost reply put the cursor   2 where it was before
  Output 1 set back, 0 left
]]
if redis.call('HGET', KEYS[1], 'c') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'c', ARGV[2])
return 1
