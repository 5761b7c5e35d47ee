// What of Klima is in this home: systems, their zones, plans, and the entities of each.
//
// Entities are found by what they are (platform and translation key), never by
// their entity ids or names: those are the user's to change.

/** Return the entities of a device that can be shown, by key. */
function entitiesOf(hass, byDevice, deviceId) {
  const found = {};
  for (const entity of byDevice.get(deviceId) ?? []) {
    const domain = entity.entity_id.split(".", 1)[0];
    // A zone's thermostat is its main entity, which has no name of its own.
    const key =
      domain === "climate" || domain === "water_heater"
        ? "thermostat"
        : entity.translation_key;
    if (key && !(key in found)) {
      found[key] = entity.entity_id;
    }
  }
  return found;
}

const nameOf = (device) => device.name_by_user || device.name || "Klima";

/** Return what there is of Klima: `systems` (with `zones`) and `plans`, by name. */
export function findHome(hass) {
  const byDevice = new Map();
  // Home Assistant names its entities to every user, and gives states of those only that
  // the user may see.
  const kept = new Set();
  for (const entity of Object.values(hass.entities)) {
    if (entity.platform !== "klima" || !entity.device_id || entity.hidden) {
      continue;
    }
    if (!(entity.entity_id in hass.states)) {
      kept.add(entity.device_id);
    } else {
      const list = byDevice.get(entity.device_id) ?? [];
      list.push(entity);
      byDevice.set(entity.device_id, list);
    }
  }
  const own = Object.values(hass.devices).filter(
    (device) =>
      !device.disabled_by &&
      device.identifiers?.some(([domain]) => domain === "klima"),
  );
  const ids = new Set(own.map((device) => device.id));
  const describe = (device) => ({
    id: device.id,
    name: nameOf(device),
    entities: entitiesOf(hass, byDevice, device.id),
  });
  // Of two of one name, their areas (else their models, else numbers) tell which is which.
  const moreOf = (item) => {
    const areas = new Set(
      [item, ...(item.zones ?? [])].map(({ id }) => hass.devices[id]?.area_id).filter(Boolean),
    );
    const [area] = areas.size === 1 ? areas : [];
    return hass.areas?.[area]?.name ?? hass.devices[item.id].model;
  };
  const apart = (list, taken = []) => {
    const named = (name) => list.filter((other) => other.name === name).length;
    const told = list.map((item) => {
      if (named(item.name) < 2 && !taken.includes(item.name)) {
        return item;
      }
      const more = moreOf(item);
      const alike = list.filter((other) => other.name === item.name && moreOf(other) === more);
      return more && more !== item.name && alike.length < 2
        ? { ...item, name: `${item.name} · ${more}`, toldApart: true }
        : item;
    });
    const seen = new Map();
    return told.map((item) => {
      const count = (seen.get(item.name) ?? 0) + 1;
      seen.set(item.name, count);
      return count > 1 ? { ...item, name: `${item.name} (${count})`, toldApart: true } : item;
    });
  };
  const byName = (a, b) => a.name.localeCompare(b.name, hass.locale?.language, { numeric: true });
  const top = own.filter((device) => !ids.has(device.via_device_id));
  const systems = top
    .filter((device) => device.entry_type !== "service")
    .map((device) => {
      const zones = own
        .filter((zone) => zone.via_device_id === device.id)
        .map(describe)
        .sort(byName);
      return {
        ...describe(device),
        // An only zone may be called as its system is.
        zones: apart(zones, zones.length > 1 ? [nameOf(device)] : []),
      };
    })
    .filter(
      (system) =>
        hass.user?.is_admin ||
        [system, ...system.zones].some(({ entities }) => Object.keys(entities).length) ||
        ![system, ...system.zones].some(({ id }) => kept.has(id)),
    )
    .sort(byName);
  const plans = top
    .filter((device) => device.entry_type === "service")
    .map(describe)
    .sort(byName);
  return { systems: apart(systems), plans };
}

/** Return what the user calls the system that an entity, or its zone, belongs to. */
export function systemName(hass, entityId) {
  const device = hass.devices[hass.entities[entityId]?.device_id];
  const system = hass.devices[device?.via_device_id] ?? device;
  const found = findHome(hass).systems.find(({ id }) => id === system?.id);
  return found?.name ?? (system && nameOf(system));
}

/** Return the zone that an entity belongs to, or is a zone's device of. */
export function zoneOf(hass, entityId) {
  const deviceId = hass.entities[entityId]?.device_id;
  for (const system of findHome(hass).systems) {
    for (const zone of system.zones) {
      if (zone.id === deviceId) {
        return { system, zone };
      }
    }
  }
  return undefined;
}
