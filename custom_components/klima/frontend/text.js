// What Klima's dashboard says that Home Assistant has no words for.
// The names and states of entities come from Home Assistant's own translations.

const TEXTS = {
  en: {
    // Strategies and cards, as Home Assistant's dialogs offer them
    strategy_name: "Klima",
    strategy_description:
      "Your heat pumps and air conditioners: comfort, energy, bills, and efficiency. Klima creates this dashboard automatically.",
    performance_name: "Klima: performance",
    performance_description: "COP by outdoor temperature: rated, modeled, and measured.",
    week_name: "Klima: week",
    week_description:
      "What control did and why: room, target, and outdoor temperature, power, and the control reason.",
    // Their editors
    entity: "Entity",
    performance_entity_help: "Select any entity of the system.",
    week_entity_help: "Select the thermostat or water heater of the zone.",
    title: "Title",
    days: "Days to show",
    // The dashboard
    view_home: "Klima",
    view_week: "Week",
    no_systems_title: "No heat pump yet",
    no_systems:
      "Add a heat pump or air conditioner that is already in Home Assistant, or one that has an infrared remote. Klima then creates its dashboard automatically.",
    add_system: "Add system",
    ask_administrator:
      "No system is set up, or none that you have access to. Ask an administrator to add one. Klima then creates its dashboard automatically.",
    no_entities:
      "There is nothing to show for {name}, because its entities are disabled or hidden. Enable them on the device page.",
    open_device: "Open device page",
    energy_by_day: "Energy by day",
    heating: "Heating",
    cooling: "Cooling",
    total: "Total",
    cop_today: "Current and expected COP",
    price_today: "Price over the day",
    // Both cards
    unknown_config: "Specify an entity: `entity` is missing.",
    days_config: "`days` must be a number from 1 to {max}.",
    systems_config:
      "`systems` must be a list of device IDs of Klima systems. You can find the ID of a device in the address of its page.",
    view_config: "`view` must be `home`, `overview` or `week`.",
    loading: "Loading…",
    failed: "This could not be loaded: {error}",
    retry: "Try again",
    show_table: "Show as table",
    show_chart: "Show as chart",
    outdoor: "Outdoor",
    from_to: "{from} to {to}",
    power: "Power",
    // The performance card
    performance: "Performance",
    cop_by_outdoor: "COP by outdoor temperature",
    performance_axis: "Outdoor temperature ({unit})",
    tank_axis: "Ambient air temperature ({unit})",
    tank_range_header: "Ambient air ({unit})",
    air: "Ambient air",
    cop_by_air: "COP by ambient air temperature",
    no_tank_air:
      "The ambient air temperature is not known yet. Select a sensor for it in the settings of the system. The measured hours then appear here.",
    model: "Model",
    model_at_loads: "Model, {least}–100% load",
    rated: "Rated",
    typical: "Typical",
    limit: "Carnot limit",
    measured: "Measured",
    estimated: "Estimated",
    points_at_loads: "{label}, 0–100% load",
    load: "Load",
    energy: "Energy",
    mean_cop: "Average COP: {modes}",
    heating_cop: "heating {cop}",
    cooling_cop: "cooling {cop}",
    rated_at: "{label} {cop} at {temperature}",
    point_keys:
      "Tap a point to see its hour. Use the arrow keys to go from hour to hour, and Escape to leave. The same figures are in the table.",
    open_history: "Open history",
    no_outdoor:
      "The system has no outdoor temperature yet. Select one in its settings. The measured hours then appear here.",
    no_statistics:
      "No hours with a COP and an outdoor temperature are recorded yet. Each hour that the unit runs adds a point.",
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
    no_history: "Nothing is recorded yet. The week fills up over time.",
    day_header: "Day",
    room_header: "Room, average",
    target_header: "Target, average",
    outdoor_header: "Outdoor, lowest to highest",
    energy_header: "Energy",
    reason_header: "Most frequent reason",
    week_summary:
      "Room, target, and outdoor temperature, power, and control reason of {name} over {days}.",
    week_keys:
      "Use the left and right arrow keys to go from hour to hour. The figures for each day are in the table.",
    off: "Off",
    now: "Now",
  },
  fr: {
    strategy_name: "Klima",
    strategy_description:
      "Vos pompes à chaleur et climatiseurs : confort, énergie, factures et rendement. Klima crée ce tableau de bord automatiquement.",
    performance_name: "Klima : rendement",
    performance_description: "COP selon la température extérieure : nominal, modélisé et mesuré.",
    week_name: "Klima : semaine",
    week_description:
      "Ce que la régulation a fait et pourquoi : températures de la pièce, cible et extérieure, puissance et motif de régulation.",
    entity: "Entité",
    performance_entity_help: "Sélectionnez n’importe quelle entité du système.",
    week_entity_help: "Sélectionnez le thermostat ou le chauffe-eau de la zone.",
    title: "Titre",
    days: "Jours à afficher",
    view_home: "Klima",
    view_week: "Semaine",
    no_systems_title: "Pas encore de pompe à chaleur",
    no_systems:
      "Ajoutez une pompe à chaleur ou un climatiseur déjà présent dans Home Assistant, ou un appareil doté d’une télécommande infrarouge. Klima crée ensuite son tableau de bord automatiquement.",
    add_system: "Ajouter un système",
    ask_administrator:
      "Aucun système n’est configuré, ou vous n’avez accès à aucun d’eux. Demandez à un administrateur d’en ajouter un. Klima crée ensuite son tableau de bord automatiquement.",
    no_entities:
      "Il n’y a rien à afficher pour {name}, car ses entités sont désactivées ou masquées. Activez-les sur la page de l’appareil.",
    open_device: "Ouvrir la page de l’appareil",
    energy_by_day: "Énergie par jour",
    heating: "Chauffage",
    cooling: "Climatisation",
    total: "Total",
    cop_today: "COP actuel et attendu",
    price_today: "Prix au fil de la journée",
    unknown_config: "Indiquez une entité : `entity` est manquant.",
    days_config: "`days` doit être un nombre de 1 à {max}.",
    systems_config:
      "`systems` doit être une liste d’identifiants d’appareil de systèmes Klima. Vous trouverez l’identifiant d’un appareil dans l’adresse de sa page.",
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
      "La température de l’air ambiant n’est pas encore connue. Sélectionnez un capteur dans les paramètres du système. Les heures mesurées apparaîtront alors ici.",
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
      "Touchez un point pour voir l’heure correspondante. Les flèches passent d’une heure à l’autre et Échap permet de quitter. Les mêmes valeurs figurent dans le tableau.",
    open_history: "Ouvrir l’historique",
    no_outdoor:
      "Le système n’a pas encore de température extérieure. Sélectionnez-en une dans ses paramètres. Les heures mesurées apparaîtront alors ici.",
    no_statistics:
      "Aucune heure avec un COP et une température extérieure n’est encore enregistrée. Chaque heure de fonctionnement ajoute un point.",
    range_header: "Extérieur ({unit})",
    mode_header: "Mode",
    hours_header: "Heures mesurées",
    chart_summary:
      "{what} : {name}. {hours} heures mesurées. {averages}",
    week: "Ce que la régulation a fait",
    room: "Pièce",
    tank: "Eau",
    target: "Cible",
    room_and_target: "Pièce · cible",
    tank_and_target: "Eau · cible",
    reason: "Motif",
    no_history: "Rien n’est encore enregistré. La semaine se remplit au fil du temps.",
    day_header: "Jour",
    room_header: "Pièce, moyenne",
    target_header: "Cible, moyenne",
    outdoor_header: "Extérieur, du minimum au maximum",
    energy_header: "Énergie",
    reason_header: "Motif le plus fréquent",
    week_summary:
      "Températures de la pièce, cible et extérieure, puissance et motif de régulation de {name} sur {days}.",
    week_keys:
      "Les flèches gauche et droite passent d’une heure à l’autre. Les valeurs de chaque jour figurent dans le tableau.",
    off: "Éteint",
    now: "Maintenant",
  },
  de: {
    strategy_name: "Klima",
    strategy_description:
      "Deine Wärmepumpen und Klimageräte: Komfort, Energie, Rechnungen und Effizienz. Klima erstellt dieses Dashboard automatisch.",
    performance_name: "Klima: Effizienz",
    performance_description:
      "COP nach Außentemperatur: Nennwert, Modell und Messung.",
    week_name: "Klima: Woche",
    week_description:
      "Was die Regelung getan hat und warum: Raum-, Soll- und Außentemperatur, Leistung und Regelungsgrund.",
    entity: "Entität",
    performance_entity_help: "Wähle eine beliebige Entität des Systems.",
    week_entity_help: "Wähle das Thermostat oder den Warmwasserbereiter der Zone.",
    title: "Titel",
    days: "Anzuzeigende Tage",
    view_home: "Klima",
    view_week: "Woche",
    no_systems_title: "Noch keine Wärmepumpe",
    no_systems:
      "Füge eine Wärmepumpe oder ein Klimagerät hinzu, das es in Home Assistant bereits gibt oder das eine Infrarot-Fernbedienung hat. Klima erstellt das Dashboard dann automatisch.",
    add_system: "System hinzufügen",
    ask_administrator:
      "Es ist kein System eingerichtet, auf das du Zugriff hast. Bitte einen Administrator, eines hinzuzufügen. Klima erstellt das Dashboard dann automatisch.",
    no_entities:
      "Von {name} kann nichts angezeigt werden, weil die Entitäten deaktiviert oder ausgeblendet sind. Aktiviere sie auf der Geräteseite.",
    open_device: "Geräteseite öffnen",
    energy_by_day: "Energie pro Tag",
    heating: "Heizen",
    cooling: "Kühlen",
    total: "Gesamt",
    cop_today: "Aktueller und erwarteter COP",
    price_today: "Preis im Tagesverlauf",
    unknown_config: "Gib eine Entität an: `entity` fehlt.",
    days_config: "`days` muss eine Zahl von 1 bis {max} sein.",
    systems_config:
      "`systems` muss eine Liste von Geräte-IDs der Systeme von Klima sein. Du findest die ID eines Geräts in der Adresse seiner Seite.",
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
      "Die Temperatur der Umgebungsluft ist noch nicht bekannt. Wähle einen Sensor dafür in den Einstellungen des Systems. Dann erscheinen hier die gemessenen Stunden.",
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
    mean_cop: "Durchschnittlicher COP: {modes}",
    heating_cop: "Heizen {cop}",
    cooling_cop: "Kühlen {cop}",
    rated_at: "{label} {cop} bei {temperature}",
    point_keys:
      "Tippe auf einen Punkt, um seine Stunde zu sehen. Mit den Pfeiltasten wechselst du von Stunde zu Stunde, mit Escape beendest du die Auswahl. Dieselben Werte stehen in der Tabelle.",
    open_history: "Verlauf öffnen",
    no_outdoor:
      "Das System hat noch keine Außentemperatur. Wähle eine in seinen Einstellungen. Dann erscheinen hier die gemessenen Stunden.",
    no_statistics:
      "Es sind noch keine Stunden mit COP und Außentemperatur aufgezeichnet. Jede Stunde, in der das Gerät läuft, fügt einen Punkt hinzu.",
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
    room_header: "Raum, Durchschnitt",
    target_header: "Soll, Durchschnitt",
    outdoor_header: "Außen, niedrigste bis höchste",
    energy_header: "Energie",
    reason_header: "Häufigster Grund",
    week_summary:
      "Raum-, Soll- und Außentemperatur, Leistung und Regelungsgrund von {name} über {days}.",
    week_keys:
      "Mit den Pfeiltasten links und rechts wechselst du von Stunde zu Stunde. Die Werte jedes Tages stehen in der Tabelle.",
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
