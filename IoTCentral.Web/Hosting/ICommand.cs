using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting;

/// <summary>What a process answers when it ends.</summary>
internal static class ExitCode
{
    public const int Fine = 0;
    public const int Refused = 1;
    public const int Misused = 2;

    /// <summary>EX_SOFTWARE of sysexits.h: a fault of ours.</summary>
    public const int Failed = 70;
}

/// <summary>Something <c>./run</c> can do.</summary>
internal interface ICommand
{
    /// <summary>The words that call it; none for the server itself.</summary>
    IReadOnlyList<string> Name { get; }

    /// <summary>How to call it, for people, without <c>./run</c>.</summary>
    string Usage { get; }

    /// <summary>What for, in a few words.</summary>
    string Purpose { get; }

    /// <summary>How many words follow its name.</summary>
    int Words => 0;

    /// <summary>Options of its own, besides the settings.</summary>
    IReadOnlyList<string> Options => [];

    /// <summary>Those of <see cref="Options"/> without which it does nothing.</summary>
    IReadOnlyList<string> Required => [];

    /// <summary>Runs to its end; the answer is the exit code.</summary>
    Task<int> RunAsync(CommandInput input, CancellationToken ct);
}

/// <summary>What a command was called with.</summary>
/// <param name="Words">After its name.</param>
internal sealed record CommandInput(
    IReadOnlyList<string> Words,
    IReadOnlyDictionary<string, string> CommandOptions,
    SettingsSource Settings,
    InstallationOptions Options
)
{
    /// <summary>Base of links to pages.</summary>
    public string BaseUrl { get; init; } = Options.BaseUrl;

    /// <summary>Null when it was not given.</summary>
    public string? Option(string name) => CommandOptions.GetValueOrDefault(name);
}
