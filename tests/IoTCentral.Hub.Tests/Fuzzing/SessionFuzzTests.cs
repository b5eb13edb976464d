using System.Globalization;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>
/// Sessions as the SDKs have them, spoilt with a plan, against the hub in memory. <c>bench/run fuzz</c> does a million of each.
/// A failure names its seed and case: set FUZZ_SEED and FUZZ_CASE to run that one alone.
/// </summary>
[Collection(nameof(SessionFuzzTests))]
[CollectionDefinition(nameof(SessionFuzzTests), DisableParallelization = true)]
public sealed class SessionFuzzTests
{
    private const int Workers = 2;

    [Fact]
    public async Task A_thousand_spoilt_sessions_break_nothing() => Judge(await RunAsync(new MqttProtocol(), 1_000));

    [Fact]
    public async Task A_thousand_spoilt_AMQP_sessions_break_nothing() =>
        Judge(await RunAsync(new AmqpProtocol(), 1_000));

    [Fact]
    [Trait("Category", "Long")]
    public async Task Twenty_thousand_spoilt_sessions_break_nothing_and_reach_every_state_with_every_packet() =>
        JudgeAll(await RunAsync(new MqttProtocol(), 20_000));

    [Fact]
    [Trait("Category", "Long")]
    public async Task Twenty_thousand_spoilt_AMQP_sessions_break_nothing_and_reach_every_state_with_every_frame() =>
        JudgeAll(await RunAsync(new AmqpProtocol(), 20_000));

    private static void JudgeAll(FuzzReport report)
    {
        Judge(report);
        if (Variable("FUZZ_CASE") is null)
            Assert.True(report.Missing.Count == 0, $"Not reached: {string.Join(", ", report.Missing)}");
    }

    private static void Judge(FuzzReport report)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.True(report.Failure is null, report.Failure);
    }

    private static Task<FuzzReport> RunAsync(Protocol protocol, int cases)
    {
        var run = new FuzzRun(protocol, Variable("FUZZ_SEED") ?? 20261123);
        return Variable("FUZZ_CASE") is { } only
            ? run.RunAsync((int)only, 1, workers: 1)
            : run.RunAsync(0, cases, Workers);
    }

    private static long? Variable(string name) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
