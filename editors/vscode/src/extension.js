// Starts `flow lsp` and lets the editor speak with it; all that is known of flow is known there.
"use strict";

const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

/** The command that answers: as it is set, relative paths from the workspace folder. */
function command() {
  const set = vscode.workspace.getConfiguration("flow").get("command") || "flow";
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const relative = set.includes("/") || set.includes("\\");
  return relative && folder && !path.isAbsolute(set) ? path.join(folder, set) : set;
}

async function start() {
  client = new LanguageClient(
    "flow",
    "Flow",
    { command: command(), args: ["lsp"] },
    {
      documentSelector: [{ language: "flow" }],
      synchronize: {
        // What findings hang on may change without them: body files, flow.toml, the baseline.
        fileEvents: vscode.workspace.createFileSystemWatcher(
          "**/{*.flow,*.toml,*.html,*.htm,*.txt,flow-baseline.json}",
        ),
      },
    },
  );
  try {
    await client.start();
  } catch (failure) {
    const settings = "Open settings";
    const chosen = await vscode.window.showErrorMessage(
      `flow could not be started (${failure.message}). Is it installed, and is "flow.command" right?`,
      settings,
    );
    if (chosen === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "flow.command");
    }
  }
}

exports.activate = async function activate(context) {
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("flow.command")) {
        await exports.deactivate();
        await start();
      }
    }),
  );
  await start();
};

exports.deactivate = async function deactivate() {
  if (client?.needsStop()) {
    await client.stop();
  }
};
