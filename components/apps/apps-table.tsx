import type { ProductView } from "#lib/grants/group-grants.ts";
import { ProductRows } from "./product-rows.tsx";

/** Apps by product; cards where the column is narrow, hence the explicit roles: changing `display` drops them. */
export function AppsTable({ products }: { products: readonly ProductView[] }) {
  return (
    <table role="table" className="cards apps">
      <caption className="sr">Connected apps</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            App
          </th>
          <th role="columnheader" scope="col">
            Scope <span className="sr">: four that read, five that write</span>
          </th>
          <th role="columnheader" scope="col">
            From
          </th>
          <th role="columnheader" scope="col">
            Since
          </th>
          <th role="columnheader" scope="col">
            Last used
          </th>
          <th role="columnheader" scope="col">
            <span className="sr">Actions</span>
          </th>
        </tr>
      </thead>
      {products.map((product) => (
        <ProductRows key={product.installations[0].id} product={product} />
      ))}
    </table>
  );
}
