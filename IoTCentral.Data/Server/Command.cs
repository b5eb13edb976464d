using System.ComponentModel;
using System.Diagnostics;
using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>What a program printed (both streams, trimmed) and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>One run of another program, to its end.</summary>
internal sealed record Command(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Where it runs; the root by default, because its user may not be able to enter our own folder.</summary>
    public string Folder { get; init; } = "/";

    /// <summary>Added to our own environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Text for its standard input; null closes it at once.</summary>
    public string? Input { get; init; }

    /// <exception cref="InstallationException">The program is not installed.</exception>
    public async Task<CommandResult> RunAsync(CancellationToken ct)
    {
        var start = new ProcessStartInfo(Programs.Find(Program), Arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C"; // its messages are read by us
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Start(start);
        try
        {
            return await FinishAsync(process, ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: false);
            throw;
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InstallationException(
                $"The program '{Program}' is needed and cannot be started: {e.Message}.",
                e
            );
        }
    }

    private async Task<CommandResult> FinishAsync(Process process, CancellationToken ct)
    {
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        if (Input is not null)
        {
            await process.StandardInput.WriteAsync(Input.AsMemory(), ct);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(ct);
        return new CommandResult(process.ExitCode, $"{await output}\n{await errors}".Trim());
    }
}
