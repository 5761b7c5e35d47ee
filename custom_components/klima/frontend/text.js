// What Klima's dashboard says that Home Assistant has no words for.
// The names and states of entities come from Home Assistant's own translations.

const TEXTS = {
  en: {
    // Strategies and cards, as Home Assistant's dialogs offer them
    strategy_name: "Klima",
    strategy_description:
      "Your heat pumps and air conditioners: comfort, energy, bills and efficiency. It makes itself.",
    performance_name: "Klima: performance",
    performance_description:
      "COP against outdoor temperature: rated, modelled and measured.",
    week_name: "Klima: week",
    week_description:
      "What control did: room, target, outdoor, power and the reason why.",
    // Their editors
    entity: "Entity",
    performance_entity_help: "Any entity of the system.",
    week_entity_help: "The thermostat or water heater of the zone.",
    title: "Title",
    days: "Days to show",
    // The dashboard
    view_home: "Klima",
    view_week: "Week",
    no_systems_title: "No heat pump yet",
    no_systems:
      "Add a heat pump or an air conditioner that Home Assistant already controls, or one with an infrared remote. Its dashboard then makes itself.",
    add_system: "Add a system",
    ask_administrator:
      "None is set up, or none that you may see. Ask an administrator to add one in the settings: its dashboard then makes itself.",
    no_entities:
      "Nothing of {name} can be shown: its entities are disabled or hidden. Enable them on the page of the device.",
    open_device: "Open the device",
    energy_by_day: "Energy by day",
    heating: "Heating",
    cooling: "Cooling",
    total: "Total",
    cop_today: "COP and what to expect",
    price_today: "Price through the day",
    // Both cards
    unknown_config: "Give an entity: `entity` is missing.",
    days_config: "`days` must be a number from 1 to {max}.",
    systems_config:
      "`systems` must be a list of device ids of Klima's systems. A device's page has its id in its address.",
    view_config: "`view` must be `home`, `overview` or `week`.",
    loading: "Loading…",
    failed: "This could not be loaded: {error}",
    retry: "Try again",
    show_table: "Show as a table",
    show_chart: "Show as a chart",
    outdoor: "Outdoor",
    from_to: "{from} to {to}",
    power: "Power",
    // The performance card
    performance: "Performance",
    cop_by_outdoor: "COP by outdoor temperature",
    performance_axis: "Outdoor temperature ({unit})",
    tank_axis: "Temperature of the air around it ({unit})",
    tank_range_header: "Air around it ({unit})",
    air: "Air around it",
    cop_by_air: "COP by the temperature of the air around it",
    no_tank_air:
      "The temperature of the air around it is not known yet: choose it in its settings, and the measured hours appear here.",
    model: "Model",
    model_at_loads: "Model, {least}–100 % load",
    rated: "Rated",
    typical: "Typical",
    limit: "Carnot’s limit",
    measured: "Measured",
    estimated: "Estimated",
    points_at_loads: "{label}, load 0–100 %",
    load: "Load",
    energy: "Energy",
    mean_cop: "Mean COP: {modes}",
    heating_cop: "heating {cop}",
    cooling_cop: "cooling {cop}",
    rated_at: "{label} {cop} at {temperature}",
    point_keys:
      "Tap a point for its hour; arrow keys go from hour to hour, Escape leaves. The same figures are in the table.",
    open_history: "Open its history",
    no_outdoor:
      "The system has no outdoor temperature yet: choose one in its settings, and the measured hours appear here.",
    no_statistics:
      "No hour with COP and outdoor temperature is recorded yet. Each hour that the unit runs adds a point.",
    range_header: "Outdoor ({unit})",
    mode_header: "Mode",
    hours_header: "Hours measured",
    chart_summary:
      "{what}: {name}. {hours} measured hours. {averages}",
    // The week card
    week: "What control did",
    room: "Room",
    tank: "Water",
    target: "Target",
    room_and_target: "Room · target",
    tank_and_target: "Water · target",
    reason: "Reason",
    no_history: "Nothing is recorded yet. The week fills as time goes by.",
    day_header: "Day",
    room_header: "Room, mean",
    target_header: "Target, mean",
    outdoor_header: "Outdoor, lowest to highest",
    energy_header: "Energy",
    reason_header: "Reason, most of the time",
    week_summary: "Room, target, outdoor temperature, power and reason of {name} over {days}.",
    week_keys:
      "Left and right arrow go from hour to hour. A day's figures are in the table.",
    off: "Off",
    now: "Now",
  },
  fr: {
    strategy_name: "Klima",
    strategy_description:
      "Vos thermopompes et climatiseurs : confort, énergie, factures et rendement. Il se crée tout seul.",
    performance_name: "Klima : rendement",
    performance_description:
      "Le COP selon la température extérieure : nominal, modélisé et mesuré.",
    week_name: "Klima : semaine",
    week_description:
      "Ce que la régulation a fait : pièce, consigne, extérieur, puissance et raison.",
    entity: "Entité",
    performance_entity_help: "N’importe quelle entité du système.",
    week_entity_help: "Le thermostat ou le chauffe-eau de la zone.",
    title: "Titre",
    days: "Jours à afficher",
    view_home: "Klima",
    view_week: "Semaine",
    no_systems_title: "Pas encore de thermopompe",
    no_systems:
      "Ajoutez une thermopompe ou un climatiseur que Home Assistant commande déjà, ou un appareil à télécommande infrarouge. Son tableau de bord se crée ensuite tout seul.",
    add_system: "Ajouter un système",
    ask_administrator:
      "Aucune n’est configurée, ou aucune que vous pouvez voir. Demandez à un administrateur d’en ajouter une dans les paramètres : le tableau de bord se crée ensuite tout seul.",
    no_entities:
      "Rien de {name} ne peut être affiché : ses entités sont désactivées ou masquées. Activez-les sur la page de l’appareil.",
    open_device: "Ouvrir l’appareil",
    energy_by_day: "Énergie par jour",
    heating: "Chauffage",
    cooling: "Climatisation",
    total: "Total",
    cop_today: "COP et valeur attendue",
    price_today: "Prix au fil de la journée",
    unknown_config: "Indiquez une entité : `entity` est manquant.",
    days_config: "`days` doit être un nombre de 1 à {max}.",
    systems_config:
      "`systems` doit être une liste d’identifiants d’appareil de systèmes Klima. L’adresse de la page d’un appareil contient le sien.",
    view_config: "`view` doit être `home`, `overview` ou `week`.",
    loading: "Chargement…",
    failed: "Le chargement a échoué : {error}",
    retry: "Réessayer",
    show_table: "Afficher en tableau",
    show_chart: "Afficher en graphique",
    outdoor: "Extérieur",
    from_to: "{from} à {to}",
    power: "Puissance",
    performance: "Rendement",
    cop_by_outdoor: "COP selon la température extérieure",
    performance_axis: "Température extérieure ({unit})",
    tank_axis: "Température de l’air ambiant ({unit})",
    tank_range_header: "Air ambiant ({unit})",
    air: "Air ambiant",
    cop_by_air: "COP selon la température de l’air ambiant",
    no_tank_air:
      "La température de l’air ambiant n’est pas encore connue : choisissez-la dans les paramètres et les heures mesurées apparaîtront ici.",
    model: "Modèle",
    model_at_loads: "Modèle, charge de {least} à 100 %",
    rated: "Nominal",
    typical: "Typique",
    limit: "Limite de Carnot",
    measured: "Mesuré",
    estimated: "Estimé",
    points_at_loads: "{label}, charge 0–100 %",
    load: "Charge",
    energy: "Énergie",
    mean_cop: "COP moyen : {modes}",
    heating_cop: "chauffage {cop}",
    cooling_cop: "climatisation {cop}",
    rated_at: "{label} {cop} à {temperature}",
    point_keys:
      "Touchez un point pour voir son heure ; les flèches passent d’une heure à l’autre, Échap quitte. Les mêmes valeurs sont dans le tableau.",
    open_history: "Ouvrir son historique",
    no_outdoor:
      "Le système n’a pas encore de température extérieure : choisissez-en une dans ses paramètres et les heures mesurées apparaîtront ici.",
    no_statistics:
      "Aucune heure avec COP et température extérieure n’est encore enregistrée. Chaque heure de marche ajoute un point.",
    range_header: "Extérieur ({unit})",
    mode_header: "Mode",
    hours_header: "Heures mesurées",
    chart_summary:
      "{what} : {name}. {hours} heures mesurées. {averages}",
    week: "Ce que la régulation a fait",
    room: "Pièce",
    tank: "Eau",
    target: "Consigne",
    room_and_target: "Pièce · consigne",
    tank_and_target: "Eau · consigne",
    reason: "Raison",
    no_history:
      "Rien n’est encore enregistré. La semaine se remplit au fil du temps.",
    day_header: "Jour",
    room_header: "Pièce, moyenne",
    target_header: "Consigne, moyenne",
    outdoor_header: "Extérieur, minimum à maximum",
    energy_header: "Énergie",
    reason_header: "Raison la plus fréquente",
    week_summary:
      "Pièce, consigne, température extérieure, puissance et raison de {name} sur {days}.",
    week_keys:
      "Les flèches gauche et droite passent d’une heure à l’autre. Les valeurs de chaque jour sont dans le tableau.",
    off: "Arrêt",
    now: "Maintenant",
  },
  de: {
    strategy_name: "Klima",
    strategy_description:
      "Deine Wärmepumpen und Klimageräte: Komfort, Energie, Rechnungen und Effizienz. Es erstellt sich von selbst.",
    performance_name: "Klima: Effizienz",
    performance_description:
      "COP nach Außentemperatur: Nennwert, Modell und Messung.",
    week_name: "Klima: Woche",
    week_description:
      "Was die Regelung getan hat: Raum, Soll, Außentemperatur, Leistung und der Grund dafür.",
    entity: "Entität",
    performance_entity_help: "Eine beliebige Entität des Systems.",
    week_entity_help: "Das Thermostat oder der Warmwasserbereiter der Zone.",
    title: "Titel",
    days: "Anzuzeigende Tage",
    view_home: "Klima",
    view_week: "Woche",
    no_systems_title: "Noch keine Wärmepumpe",
    no_systems:
      "Füge eine Wärmepumpe oder ein Klimagerät hinzu, das Home Assistant bereits steuert, oder eines mit Infrarot-Fernbedienung. Sein Dashboard erstellt sich dann von selbst.",
    add_system: "System hinzufügen",
    ask_administrator:
      "Es ist keine eingerichtet, oder keine, die du sehen darfst. Bitte einen Administrator, in den Einstellungen eine hinzuzufügen: Das Dashboard erstellt sich dann von selbst.",
    no_entities:
      "Von {name} kann nichts angezeigt werden: Die Entitäten sind deaktiviert oder ausgeblendet. Aktiviere sie auf der Seite des Geräts.",
    open_device: "Gerät öffnen",
    energy_by_day: "Energie pro Tag",
    heating: "Heizen",
    cooling: "Kühlen",
    total: "Gesamt",
    cop_today: "COP und Erwartung",
    price_today: "Preis im Tagesverlauf",
    unknown_config: "Gib eine Entität an: `entity` fehlt.",
    days_config: "`days` muss eine Zahl von 1 bis {max} sein.",
    systems_config:
      "`systems` muss eine Liste von Geräte-IDs der Systeme von Klima sein. Die Seite eines Geräts hat dessen ID in ihrer Adresse.",
    view_config: "`view` muss `home`, `overview` oder `week` sein.",
    loading: "Wird geladen …",
    failed: "Das konnte nicht geladen werden: {error}",
    retry: "Erneut versuchen",
    show_table: "Als Tabelle anzeigen",
    show_chart: "Als Diagramm anzeigen",
    outdoor: "Außen",
    from_to: "{from} bis {to}",
    power: "Leistung",
    performance: "Effizienz",
    cop_by_outdoor: "COP nach Außentemperatur",
    performance_axis: "Außentemperatur ({unit})",
    tank_axis: "Temperatur der Umgebungsluft ({unit})",
    tank_range_header: "Umgebungsluft ({unit})",
    air: "Umgebungsluft",
    cop_by_air: "COP nach Temperatur der Umgebungsluft",
    no_tank_air:
      "Die Temperatur der Umgebungsluft ist noch nicht bekannt: Wähle sie in den Einstellungen, dann erscheinen hier die gemessenen Stunden.",
    model: "Modell",
    model_at_loads: "Modell, {least}–100 % Last",
    rated: "Nennwert",
    typical: "Typisch",
    limit: "Carnot-Grenze",
    measured: "Gemessen",
    estimated: "Geschätzt",
    points_at_loads: "{label}, Last 0–100 %",
    load: "Last",
    energy: "Energie",
    mean_cop: "Mittlerer COP: {modes}",
    heating_cop: "Heizen {cop}",
    cooling_cop: "Kühlen {cop}",
    rated_at: "{label} {cop} bei {temperature}",
    point_keys:
      "Tippe einen Punkt an, um seine Stunde zu sehen; Pfeiltasten gehen von Stunde zu Stunde, Escape beendet. Dieselben Werte stehen in der Tabelle.",
    open_history: "Verlauf öffnen",
    no_outdoor:
      "Das System hat noch keine Außentemperatur: Wähle eine in den Einstellungen, dann erscheinen hier die gemessenen Stunden.",
    no_statistics:
      "Es ist noch keine Stunde mit COP und Außentemperatur aufgezeichnet. Jede Stunde, in der das Gerät läuft, fügt einen Punkt hinzu.",
    range_header: "Außen ({unit})",
    mode_header: "Betriebsart",
    hours_header: "Gemessene Stunden",
    chart_summary:
      "{what}: {name}. {hours} gemessene Stunden. {averages}",
    week: "Was die Regelung getan hat",
    room: "Raum",
    tank: "Wasser",
    target: "Soll",
    room_and_target: "Raum · Soll",
    tank_and_target: "Wasser · Soll",
    reason: "Grund",
    no_history:
      "Es ist noch nichts aufgezeichnet. Die Woche füllt sich mit der Zeit.",
    day_header: "Tag",
    room_header: "Raum, Mittel",
    target_header: "Soll, Mittel",
    outdoor_header: "Außen, tiefste bis höchste",
    energy_header: "Energie",
    reason_header: "Grund, die meiste Zeit",
    week_summary:
      "Raum, Soll, Außentemperatur, Leistung und Grund von {name} über {days}.",
    week_keys:
      "Pfeil links und rechts gehen von Stunde zu Stunde. Die Werte eines Tages stehen in der Tabelle.",
    off: "Aus",
    now: "Jetzt",
  },
};

/** Return the texts in the user's language, of whatever country; else in English. */
export function texts(hass) {
  const language = hass?.locale?.language ?? hass?.language ?? document.documentElement.lang;
  const [base] = (language ?? "").toLowerCase().split("-");
  return Object.hasOwn(TEXTS, base) ? TEXTS[base] : TEXTS.en;
}

/** Fill `{placeholders}` in. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
