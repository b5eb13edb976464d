namespace IoTCentral.Web.Ui.Charts;

/// <summary>One state from its beginning to its end.</summary>
/// <param name="To">Null: it is so now.</param>
/// <param name="Tone">Accent for running, neutral for idle, critical for failed.</param>
public sealed record StateBar(string State, DateTimeOffset From, DateTimeOffset? To, Tone Tone);

/// <summary>The states of one device.</summary>
public sealed record StateRow(string Name, IReadOnlyList<StateBar> Bars);
