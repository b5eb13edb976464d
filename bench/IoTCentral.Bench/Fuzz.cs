using System.Globalization;
using IoTCentral.Hub.Tests.Fuzzing;

namespace IoTCentral.Bench;

/// <summary>As many mutated sessions as nobody waits for in a test.</summary>
internal static class Fuzz
{
    private const int Cases = 1_000_000;
    private const long Seed = 1;
    private const int TellEvery = 50_000;

    /// <param name="numbers">How many cases, and their seed; neither has to be said.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] numbers, Action<string> say)
    {
        var cases = numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : Cases;
        var seed = numbers.Length > 1 ? long.Parse(numbers[1], CultureInfo.InvariantCulture) : Seed;
        say($"{cases:N0} cases of seed {seed} …");

        var report = await new FuzzRun(seed).RunAsync(0, cases, Environment.ProcessorCount, Tell);

        Console.WriteLine(report);
        Console.WriteLine(report.Failure ?? "Nothing was found.");
        if (report.Failure is null && report.Missing.Count > 0)
            Console.WriteLine($"Not reached: {string.Join(", ", report.Missing)}");
        return report.Failure is null && report.Missing.Count == 0 ? 0 : 1;

        void Tell(int done)
        {
            if (done % TellEvery == 0)
                say($"  {done:N0}");
        }
    }
}
