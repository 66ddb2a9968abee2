import type { AdminApi } from "./admin-api";
import type { Company } from "./company";
import type { Product } from "./product";

/** A running product with a company in it: what journeys are given. */
export type Gatehouse = Product & { api: AdminApi; company: Company };
