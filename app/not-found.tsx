import { NotFound } from "@/components/shell/refusal";

export const metadata = { title: "Not found" };

export default function RootNotFound() {
  return (
    <main className="mx-auto max-w-2xl">
      <NotFound />
    </main>
  );
}
