/** Why Gatehouse cannot start or go on, as one sentence for the operator. Printed without a stack; the exit code is 1. */
export class StartError extends Error {
  override readonly name = "StartError";
}
