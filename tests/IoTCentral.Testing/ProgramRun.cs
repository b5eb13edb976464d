using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using IoTCentral.Core.Installation;

namespace IoTCentral.Testing;

/// <summary>One run of the built program and what it writes.</summary>
public sealed class ProgramRun
{
    private static readonly ConcurrentDictionary<int, ProgramRun> Running = new();

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _log = new();
    private readonly List<(Func<string, bool> IsWanted, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly Lock _gate = new();

    private ProgramRun(Process process) => Process = process;

    /// <summary>By the variable IOTCENTRAL_PROGRAM, else as built beside these tests, in the same configuration.</summary>
    public static string ProgramFile { get; } =
        Environment.GetEnvironmentVariable("IOTCENTRAL_PROGRAM") is { Length: > 0 } given
            ? given
            : Path.Combine(
                Home.Folder,
                "IoTCentral.Web",
                "bin",
                new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
                "net10.0",
                "IoTCentral.Web.dll"
            );

    public Process Process { get; }

    /// <summary>Standard output.</summary>
    public string Output => Locked(_output);

    /// <summary>Both streams.</summary>
    public string Log => Locked(_log);

    /// <param name="environment">Variables it gets besides ours.</param>
    /// <param name="folder">Where it stands; null: where we do.</param>
    public static ProgramRun Start(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null
    )
    {
        var start = new ProcessStartInfo("dotnet", [ProgramFile, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var run = new ProgramRun(new Process { StartInfo = start });
        run.Process.OutputDataReceived += (_, e) => run.Take(e.Data, run._output);
        run.Process.ErrorDataReceived += (_, e) => run.Take(e.Data, null);
        run.Process.Start();
        run.Process.BeginOutputReadLine();
        run.Process.BeginErrorReadLine();
        TestRun.Note(run.Process);
        Running[run.Process.Id] = run;
        run.Process.Exited += (_, _) => Running.TryRemove(run.Process.Id, out var _);
        run.Process.EnableRaisingEvents = true;
        return run;
    }

    /// <summary>What all that run at the moment have logged as errors, a line each.</summary>
    public static string Errors() => string.Concat(Running.Values.SelectMany(r => ErrorsOf(r.Log)));

    /// <summary>The first line of its standard output that is wanted, past or to come.</summary>
    /// <exception cref="InvalidOperationException">It ended, or time did, without one; the message holds its log.</exception>
    public async Task<string> LineAsync(Func<string, bool> isWanted, TimeSpan patience, CancellationToken ct)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_output.ToString().Split('\n').FirstOrDefault(isWanted) is { } line)
            {
                return line;
            }

            _waiting.Add((isWanted, found));
        }

        var ended = Process.WaitForExitAsync(ct);
        var first = await Task.WhenAny(found.Task, ended, Task.Delay(patience, ct));
        ct.ThrowIfCancellationRequested();
        return found.Task.IsCompleted
            ? await found.Task
            : throw new InvalidOperationException($"{(first == ended ? "The program ended" : "Time was up")}: {Log}");
    }

    public Task SignalAsync(string signal, CancellationToken ct) => SignalAsync(Process.Id, signal, ct);

    public static async Task SignalAsync(int process, string signal, CancellationToken ct)
    {
        var id = process.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", [$"-{signal}", id]);
        await kill.WaitForExitAsync(ct);
    }

    public async Task<int> ExitAsync(TimeSpan patience, CancellationToken ct)
    {
        try
        {
            await Process.WaitForExitAsync(ct).WaitAsync(patience, ct);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"The program does not end: {Log}", e);
        }

        return Process.ExitCode;
    }

    private void Take(string? line, StringBuilder? stream)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            stream?.Append(line).Append('\n');
            _log.Append(line).Append('\n');
            foreach (var (isWanted, found) in stream is null ? [] : _waiting)
            {
                if (isWanted(line))
                {
                    found.TrySetResult(line);
                }
            }
        }
    }

    // a line each, as the program writes text: time, level, source, words
    private static IEnumerable<string> ErrorsOf(string log) =>
        from line in log.Split('\n')
        where line.Contains("Z fail: ", StringComparison.Ordinal) || line.Contains("Z crit: ", StringComparison.Ordinal)
        select line + '\n';

    private string Locked(StringBuilder text)
    {
        lock (_gate)
        {
            return text.ToString();
        }
    }
}
