using System.Diagnostics;
using System.Globalization;

namespace IoTCentral.Testing;

/// <summary>
/// What this test process leaves on the machine: one folder, and the processes whose ids are noted in it. All of it goes
/// when the process ends; what a killed run left goes when the next one begins.
/// </summary>
public static class TestRun
{
    private static readonly string Parent = Path.Combine(
        Path.GetTempPath(),
        $"iotcentral-tests-{Environment.UserName}"
    );
    private static readonly Lock Gate = new();
    private static readonly List<Action> EndActions = [];
    private static int _folders;

    static TestRun()
    {
        // PostgreSQL may run as another user, who must be able to pass
        var passable =
            UnixFileMode.UserRead
            | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(Parent, passable);
        Leftovers.Remove(Parent);
        using var self = Process.GetCurrentProcess();
        Folder = Directory.CreateDirectory(Path.Combine(Parent, IdentityOf(self)), passable).FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
    }

    /// <summary>This process's own folder.</summary>
    public static string Folder { get; }

    /// <summary>A new, empty folder.</summary>
    public static string NewFolder(string name) =>
        Directory.CreateDirectory(Path.Combine(Folder, $"{Interlocked.Increment(ref _folders)}-{name}")).FullName;

    /// <summary>Runs when the test process ends, the last one first.</summary>
    public static void AtEnd(Action action)
    {
        lock (Gate)
        {
            EndActions.Add(action);
        }
    }

    /// <summary>A process id that cannot mean another process later: id and start time.</summary>
    internal static string IdentityOf(Process process) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{process.Id}-{process.StartTime.ToUniversalTime():yyyyMMddHHmmss}"
        );

    /// <summary>Notes a child so that the next run can end it if this one is killed.</summary>
    internal static void Note(Process process) =>
        File.WriteAllText(Path.Combine(Folder, $"{IdentityOf(process)}.pid"), "");

    private static void End()
    {
        foreach (var action in Enumerable.Reverse(EndActions))
        {
            action();
        }

        Leftovers.RemoveFolder(Folder);
    }
}
