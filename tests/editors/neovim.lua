-- Drives Neovim as a person would: opens files, looks at what is found, applies every fix, saves.
-- Reads the files and the number of findings to wait for from the first argument, a JSON file, and
-- writes what was shown and done to the second.
local given = vim.json.decode(table.concat(vim.fn.readfile(vim.env.FLOW_TEST_GIVEN), "\n"))
local patience = 30000
local outcome = { shown = {}, applied = {} }

local buffers = {}
for _, path in ipairs(given.files) do
  vim.cmd.edit(vim.fn.fnameescape(path))
  table.insert(buffers, vim.api.nvim_get_current_buf())
end

local function client_of(buffer)
  return vim.lsp.get_clients({ name = "flow", bufnr = buffer })[1]
end

local function found()
  local count = 0
  for _, buffer in ipairs(buffers) do
    count = count + #vim.diagnostic.get(buffer)
  end
  return count
end

vim.wait(patience, function() return client_of(buffers[#buffers]) ~= nil end)
vim.wait(patience, function() return found() == given.findings end)
for index, buffer in ipairs(buffers) do
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(outcome.shown, {
      file = given.files[index],
      code = one.code,
      severity = one.severity,
      message = one.message,
      place = { one.lnum, one.col, one.end_lnum, one.end_col },
    })
  end
end

-- The first fix that is offered anywhere in a text, applied; false where there is none.
local function mend(buffer)
  local client = client_of(buffer)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
  local params = vim.lsp.util.make_given_range_params(
    { 1, 0 }, { #lines, #lines[#lines] }, buffer, client.offset_encoding
  )
  params.context = { diagnostics = {}, only = { "quickfix" } }
  local answer = client:request_sync("textDocument/codeAction", params, patience, buffer)
  for _, action in ipairs(answer and answer.result or {}) do
    if not vim.startswith(action.title, "Allow ") then
      vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
      table.insert(outcome.applied, action.title)
      return true
    end
  end
  return false
end

-- What rules find comes a moment after the rest, so look again until nothing is left to find.
for _ = 1, 20 do
  for _, buffer in ipairs(buffers) do
    while mend(buffer) and #outcome.applied < 500 do end
  end
  if vim.wait(1000, function() return found() == 0 end) then break end
end
outcome.left = found()
vim.cmd.wall()
vim.fn.writefile({ vim.json.encode(outcome) }, vim.env.FLOW_TEST_OUTCOME)
vim.cmd.quitall({ bang = true })
