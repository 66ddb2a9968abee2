"use client";

import { parseTheme, type Theme } from "@/components/shell/theme";
import { useTheme } from "@/components/shell/use-theme";
import { Card } from "@/components/ui/card";
import { RadioGroup } from "@/components/ui/radio-group";

const CHOICES: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** The reader's theme, kept in this browser. */
export function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  return (
    <Card title="Theme" description="Kept in this browser.">
      <RadioGroup
        look="segments"
        aria-label="Theme"
        value={theme}
        onValueChange={(next) => setTheme(parseTheme(next))}
        options={CHOICES}
      />
    </Card>
  );
}
