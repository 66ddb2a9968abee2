import { NotFound } from "@/components/shell/refusal";

export const metadata = { title: "Not found" };

export default function ConsoleNotFound() {
  return <NotFound />;
}
