using IoTCentral.Core.Provisioning;

namespace IoTCentral.Core.Tests.Provisioning;

public sealed class DeviceKeyTests
{
    [Fact]
    public void A_derived_key_is_the_one_azure_derives()
    {
        var key = DeviceKey.Derive(
            "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==",
            "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6"
        );

        Assert.Equal("Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=", key);
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_key_has_16_to_64_bytes(int length, bool isLegal) =>
        Assert.Equal(isLegal, DeviceKey.IsLegal(Convert.ToBase64String(new byte[length])));

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("QUJDREVGR0hJSktMTU5PUA")]
    public void What_is_no_base64_is_no_key(string text) => Assert.False(DeviceKey.IsLegal(text));

    [Fact]
    public void A_new_key_is_legal_and_no_other_is_the_same()
    {
        Assert.True(DeviceKey.IsLegal(DeviceKey.New()));
        Assert.NotEqual(DeviceKey.New(), DeviceKey.New());
    }
}
