-- Where a user goes on who has read up to a position. What came after it without a position of its own he has seen only when
-- he has committed it.
local function resume(position, committed)
  local at = string.match(committed, '^(%d+)')
  if at == position then return committed end
  return position .. '-0'
end
