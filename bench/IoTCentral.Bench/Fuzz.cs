using System.Globalization;
using IoTCentral.Hub.Tests.Fuzzing;

namespace IoTCentral.Bench;

/// <summary>As many mutated sessions as nobody waits for in a test.</summary>
internal static class Fuzz
{
    private const int Cases = 1_000_000;
    private const long Seed = 1;
    private const int TellEvery = 50_000;

    private static readonly Protocol[] All = [new MqttProtocol(), new AmqpProtocol()];

    /// <param name="what">One protocol alone, how many cases of each, and their seed; none has to be said.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] what, Action<string> say)
    {
        var named = All.Where(p => what is [var name, ..] && p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        var protocols = named.ToList();
        var numbers = protocols.Count > 0 ? what[1..] : what;
        var cases = numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : Cases;
        var seed = numbers.Length > 1 ? long.Parse(numbers[1], CultureInfo.InvariantCulture) : Seed;
        var isGood = true;
        foreach (var protocol in protocols.Count > 0 ? protocols : [.. All])
            isGood &= await RunAsync(protocol, cases, seed, say);
        return isGood ? 0 : 1;
    }

    private static async Task<bool> RunAsync(Protocol protocol, int cases, long seed, Action<string> say)
    {
        say($"{protocol.Name}: {cases:N0} cases of seed {seed} …");

        var report = await new FuzzRun(protocol, seed).RunAsync(0, cases, Environment.ProcessorCount, Tell);

        Console.WriteLine(report);
        Console.WriteLine(report.Failure ?? "Nothing was found.");
        if (report.Failure is null && report.Missing.Count > 0)
            Console.WriteLine($"Not reached: {string.Join(", ", report.Missing)}");
        return report.Failure is null && report.Missing.Count == 0;

        void Tell(int done)
        {
            if (done % TellEvery == 0)
                say($"  {done:N0}");
        }
    }
}
