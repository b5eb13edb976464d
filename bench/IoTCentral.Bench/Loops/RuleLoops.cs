using System.Text;
using BenchmarkDotNet.Attributes;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Bench.Loops;

/// <summary>One rule, one message that is fine.</summary>
[MemoryDiagnoser]
public class RuleLoops
{
    private RuleEvaluator _evaluator = null!;
    private CommittedMessage _message = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var rule = new RuleDefinition
        {
            Conditions =
            [
                new TelemetryCondition
                {
                    Name = "temperature",
                    Operator = RuleOperator.GreaterThan,
                    Value = RuleValue.Of(30),
                },
            ],
        };
        var tenant = new TenantId(1);
        _evaluator = new(
            new CompiledRule(rule, TimeZoneInfo.Utc),
            new()
            {
                TenantId = tenant,
                Key = 1,
                Id = "sensor-00001",
                Name = "Sensor",
                TemplateId = "dtmi:bench:templates:sensor;1",
            }
        );
        var now = TimeProvider.System.GetUtcNow();
        _message = new(
            new DeviceMessage
            {
                Tenant = tenant,
                DeviceKey = 1,
                DeviceId = "sensor-00001",
                Received = now,
                MessageTime = now,
                Body = Encoding.UTF8.GetBytes("{}"),
            },
            [Point.Of("temperature", 19.99), Point.Of("humidity", 45.125), Point.Of("pressure", 913.4)]
        );
    }

    [Benchmark]
    public bool JudgeMessage()
    {
        _evaluator.OnMessage(_message);
        return _evaluator.HasTransitions;
    }
}
