using CsCheck;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Rules;

/// <summary>However the same inputs are cut, the same things happen; a restart in the middle is no input.</summary>
public sealed class SplitTests
{
    private static readonly RuleDefinition[] Definitions =
    [
        Rules.All(Rules.Above(8)),
        Rules.All(Rules.Above(8)) with
        {
            Hold = TimeSpan.FromMinutes(3),
            Hysteresis = 1,
        },
        Rules.Silent(4),
        Rules.Average(8, minutes: 5),
        Rules.All(Rules.Over(Aggregate.Count, RuleOperator.LessThan, 3)) with
        {
            Window = TimeSpan.FromMinutes(5),
        },
        Rules.Average(7, minutes: 60) with
        {
            Hold = TimeSpan.FromMinutes(30),
            Match = RuleMatch.Any,
        },
        Rules.Any(Rules.Above(9), new SilenceCondition { For = TimeSpan.FromMinutes(6) }),
        Rules.All(Rules.Above(8), Rules.Is("door", RuleOperator.Equal, RuleValue.Of(true))) with
        {
            Hold = TimeSpan.FromMinutes(1),
        },
    ];

    private sealed record Sent(int Gap, int Late, double Temperature, int Door, int Flags);

    private static readonly Gen<Sent> Message = Gen.Select(
            Gen.Frequency((8, Gen.Int[1, 90]), (1, Gen.Int[200, 900])),
            Gen.Frequency((8, Gen.Const(0)), (2, Gen.Int[1, 400])),
            Gen.Double[0, 14],
            Gen.Int[0, 3],
            Gen.Frequency(
                (20, Gen.Const(0)),
                (1, Gen.Const((int)MessageFlags.ClockAhead)),
                (1, Gen.Const((int)MessageFlags.Repeat))
            )
        )
        .Select((gap, late, temperature, door, flags) => new Sent(gap, late, temperature, door, flags));

    private static readonly Gen<(int Rule, Sent[] Sent)> Case = Gen.Select(
        Gen.Int[0, Definitions.Length - 1],
        Message.Array[1, 120]
    );

    [Fact]
    public void Clock_ticks_between_messages_change_nothing_but_when_it_is_known()
    {
        Gen.Select(Case, Gen.Int[1, 60])
            .Sample(
                (c, tick) =>
                {
                    var (rule, sent) = c;
                    var messages = Messages(sent);

                    var atOnce = Run(rule, messages, tickSeconds: null);
                    var ticking = Run(rule, messages, tick);

                    Assert.Equal(atOnce, ticking);
                },
                iter: 2_000
            );
    }

    [Fact]
    public void A_restart_at_any_message_opens_nothing_twice_and_loses_nothing()
    {
        Gen.Select(Case, Gen.Int[0, 119])
            .Sample(
                (c, cut) =>
                {
                    var (rule, sent) = c;
                    var messages = Messages(sent);

                    var unbroken = Run(rule, messages, tickSeconds: 20);
                    var restarted = RunWithRestart(rule, messages, Math.Min(cut, messages.Length));

                    Assert.Equal(unbroken, restarted);
                },
                iter: 2_000
            );
    }

    private static CommittedMessage[] Messages(Sent[] sent)
    {
        var at = Judged.At("10:00");
        return
        [
            .. sent.Select(
                (s, i) =>
                {
                    at = at.AddSeconds(s.Gap);
                    Point[] points = s.Door switch
                    {
                        0 => [Point.Of("temperature", s.Temperature)],
                        1 => [Point.Of("temperature", s.Temperature), Point.Of("door", true)],
                        2 => [Point.Of("door", false)],
                        _ => [Point.Of("temperature", s.Temperature), Point.Of("humidity", 1)],
                    };
                    return Judged.Message(at, at.AddSeconds(-s.Late), points, (MessageFlags)s.Flags, i + 1);
                }
            ),
        ];
    }

    private static string Run(int rule, CommittedMessage[] messages, int? tickSeconds)
    {
        var judged = new Judged(Definitions[rule]);
        Feed(judged, messages, tickSeconds);
        return End(judged, messages);
    }

    private static string RunWithRestart(int rule, CommittedMessage[] messages, int cut)
    {
        var before = new Judged(Definitions[rule]);
        Feed(before, messages[..cut], 20);
        var seen = before.Evaluator.Observe();

        var heard = messages[..cut].Where(m => m.Message.Flags != MessageFlags.Will).Select(m => m.Message.Received);
        var after = new Judged(
            Definitions[rule],
            facts: Judged.Fridge with
            {
                LastHeard = cut == 0 ? null : heard.Max(),
            }
        );
        after.Evaluator.Recall(messages[..cut], cut == 0 ? Judged.At("10:00") : messages[cut - 1].Message.Received);
        after.Evaluator.Restore(before.Evaluator.Phase, before.Evaluator.Since, seen);
        Feed(after, messages[cut..], 20, cut == 0 ? null : messages[cut - 1].Message.Received);
        var both = before.Story + ' ' + End(after, messages);
        return both.Trim();
    }

    private static string End(Judged judged, CommittedMessage[] messages)
    {
        judged.Evaluator.OnClock(messages[^1].Message.Received.AddHours(3));
        judged.Clock("10:00");
        return judged.Story;
    }

    private static void Feed(Judged judged, CommittedMessage[] messages, int? tickSeconds, DateTimeOffset? from = null)
    {
        var clock = from ?? Judged.At("10:00");
        foreach (var message in messages)
        {
            while (tickSeconds is { } tick && clock.AddSeconds(tick) < message.Message.Received)
            {
                clock = clock.AddSeconds(tick);
                judged.Evaluator.OnClock(clock);
            }

            clock = message.Message.Received;
            judged.Send(message);
        }
    }
}
