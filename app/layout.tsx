import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { reauthenticateAction } from "@/app/(auth)/actions";
import { ReauthenticateDialog } from "@/components/session/reauthenticate-dialog";
import { parseTheme, THEME_COOKIE } from "@/components/shell/theme";
import { StyleNonce } from "@/components/ui/style-nonce";
import { Toaster } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";
import { UrlTransitionProvider } from "@/components/ui/url-transition";
import { env } from "@/lib/env";
import "./globals.css";

export const metadata: Metadata = {
  title: { template: "%s · Gatehouse", default: "Gatehouse" },
  description: "Who may call which tool on which MCP server, and proof of who did.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fafbfc" },
    { media: "(prefers-color-scheme: dark)", color: "#0d0f13" },
  ],
};

/** The document: fonts, theme (from a cookie, so that the first paint is right), and what every screen shares. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html
      lang="en"
      data-theme={theme}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <body>
        <StyleNonce />
        <NuqsAdapter>
          <UrlTransitionProvider>
            <TooltipProvider>{children}</TooltipProvider>
          </UrlTransitionProvider>
        </NuqsAdapter>
        <Toaster />
        <ReauthenticateDialog
          action={reauthenticateAction}
          ssoName={env().GATEHOUSE_OIDC_ISSUER ? env().GATEHOUSE_OIDC_NAME : null}
        />
      </body>
    </html>
  );
}
