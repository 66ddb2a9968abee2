import type { Metadata } from "next";
import { FirstRunForm } from "../_components/first-run-form";

export const metadata: Metadata = { title: "First run" };

export default function Page() {
  return <FirstRunForm />;
}
