import { ListLoading } from "../../../_components/list-loading";

export default function Loading() {
  return <ListLoading title="Agents" />;
}
