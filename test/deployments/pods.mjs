// The pods that manifests ask for: one of each Deployment, every one of a StatefulSet.

const kMebibytes = { Mi: 1, Gi: 1024 };

function mebibytes(quantity) {
  const [, number, unit] = quantity.match(/^(\d+)(Mi|Gi)$/);
  return number * kMebibytes[unit];
}

// A variable's value; `secret(name, key)` knows what no manifest holds.
function valueOf(variable, pod, container, secret) {
  const from = variable.valueFrom;
  if (!from) return variable.value;
  if (from.fieldRef?.fieldPath === "metadata.name") return pod;
  if (from.secretKeyRef) return secret(from.secretKeyRef.name, from.secretKeyRef.key);
  if (from.resourceFieldRef?.divisor === "1Mi") {
    const [list, resource] = from.resourceFieldRef.resource.split(".");
    return String(mebibytes(container.resources[list][resource]));
  }
  throw new Error(`${pod}: cannot tell the value of ${variable.name}`);
}

export function environmentOf(container, pod, objects, secret) {
  const environment = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    const map = objects.find(
      (object) => object.kind === "ConfigMap" && object.metadata.name === configMapRef.name,
    );
    if (map) Object.assign(environment, map.data);
    else if (!configMapRef.optional)
      throw new Error(`${pod}: there is no ConfigMap ${configMapRef.name}`);
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(variable, pod, container, secret);
    environment[variable.name] = value.replace(/\$\((\w+)\)/g, (_, name) => environment[name]);
  }
  return environment;
}

// {name, labels, annotations, spec, container, program, workload}
export function podsOf(objects) {
  return objects
    .filter(({ kind }) => kind === "StatefulSet" || kind === "Deployment")
    .flatMap((workload) => {
      const { metadata, spec } = workload.spec.template;
      const [container] = spec.containers;
      const program = container.image.replace(/.*\//, "").replace(/[:@].*/, "");
      const start = workload.spec.ordinals?.start ?? 0;
      const names =
        workload.kind === "Deployment"
          ? [`${workload.metadata.name}-x`]
          : Array.from(
              { length: workload.spec.replicas },
              (_, i) => `${workload.metadata.name}-${start + i}`,
            );
      return names.map((name) => ({
        name,
        workload,
        spec,
        container,
        program,
        labels: metadata.labels,
        annotations: metadata.annotations ?? {},
      }));
    });
}

export function selects(selector, labels) {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key]))
  );
}
