import { cva, type VariantProps } from "class-variance-authority";

/** How buttons, and links that look like buttons, are drawn. */
export const buttonClass = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors duration-100 select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary:
          "bg-accent text-on-accent shadow-control hover:not-disabled:not-aria-disabled:bg-accent-strong border-transparent",
        secondary:
          "border-hairline bg-surface text-ink shadow-control hover:not-disabled:not-aria-disabled:bg-raised data-[state=open]:bg-raised",
        ghost:
          "text-ink-2 hover:not-disabled:not-aria-disabled:bg-raised hover:not-disabled:not-aria-disabled:text-ink data-[state=open]:bg-raised border-transparent",
        danger:
          "bg-danger text-on-accent shadow-control hover:not-disabled:not-aria-disabled:bg-danger-strong border-transparent",
        "danger-quiet":
          "border-hairline bg-surface text-deny shadow-control hover:not-disabled:not-aria-disabled:bg-deny-tint",
      },
      size: {
        sm: "text-body h-7 px-2.5 pointer-coarse:h-11",
        md: "text-body h-8 px-3 pointer-coarse:h-11",
        lg: "text-form h-9 px-4 pointer-coarse:h-11",
        icon: "size-8 px-0 pointer-coarse:size-11",
        "icon-sm": "size-7 px-0 pointer-coarse:size-11",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);
export type ButtonLook = VariantProps<typeof buttonClass>;
