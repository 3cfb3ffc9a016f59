#!lua
--[[
  Where a service stands among those that wait.

  KEYS  1 prefix of the routing table
  ARGV  1 service
  Output {place from 1, waiting, ms between two that leave the queue, agents who fit and are ready}, or {} when it does not wait
]]
--@include routing
local req = redis.call('HGET', P .. 's:' .. ARGV[1], 'req')
local rank = req and redis.call('ZRANK', P .. 'q:' .. req, ARGV[1])
if not rank then return {} end
local average = string.match(redis.call('HGET', P .. 'pace', req) or '', ' (%d+)$') or '0'
local ready = redis.call('SCARD', P .. 'here:' .. req) + redis.call('ZCARD', P .. 'last:' .. req)
return {rank + 1, redis.call('ZCARD', P .. 'q:' .. req), tonumber(average), ready}
