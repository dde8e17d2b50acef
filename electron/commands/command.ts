/** What a command may touch besides files: its output, and the signal that asks it to stop. */
export type CommandIo = {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly isTty: boolean;
  readonly signal: AbortSignal;
};

/** One subcommand. Exit codes: 0 done, 1 the thing examined is bad, 2 bad usage or unreadable input. Never throws for bad input. */
export type Command = {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  readonly run: (args: readonly string[], io: CommandIo) => Promise<0 | 1 | 2>;
};
