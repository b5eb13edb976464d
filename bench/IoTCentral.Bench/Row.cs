using System.Globalization;

namespace IoTCentral.Bench;

/// <summary>Which way a figure has to be beyond its floor.</summary>
internal enum Better
{
    More,
    Less,
}

/// <summary>A figure beside what is asked of it.</summary>
internal sealed record Row(string What, double Value, string Unit, Better Better, double Floor, double Goal)
{
    public const string TableHead = """
        | what | measured | floor | goal | reached | with it |
        |---|---|---|---|---|---|
        """;

    /// <summary>What else was measured on the way.</summary>
    public string Note { get; init; } = "";

    /// <summary>A figure of which nothing is asked.</summary>
    public static Row Plain(string what, double value, string unit, string note) =>
        new(what, value, unit, Better.Less, double.NaN, double.NaN) { Note = note };

    private string Verdict =>
        double.IsNaN(Goal) ? "–"
        : IsReached(Goal) ? "goal"
        : IsReached(Floor) ? "floor"
        : "**missed**";

    public override string ToString() =>
        $"| {What} | {Show(Value)} {Unit} | {Show(Floor)} | {Show(Goal)} | {Verdict} | {Note} |";

    private bool IsReached(double mark) => Better == Better.More ? Value >= mark : Value <= mark;

    public static string Show(double value) =>
        value switch
        {
            double.NaN => "–",
            >= 1_000 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
            _ => value.ToString("0.##", CultureInfo.InvariantCulture),
        };
}
