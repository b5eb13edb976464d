namespace IoTCentral.Testing;

/// <summary>The browser of this machine, for Playwright.</summary>
public static class Chromium
{
    private static readonly IEnumerable<string> Places =
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin")
        from name in (string[])["chromium", "chromium-browser", "google-chrome"]
        select System.IO.Path.Combine(folder, name);

    /// <summary>It runs as root, without a screen, and asks nobody in the Internet for anything.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    /// <summary>By the variable CHROMIUM, else where distributions put it; null: there is none.</summary>
    public static string? Path { get; } =
        Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } given
            ? given
            : Places.FirstOrDefault(File.Exists);
}
