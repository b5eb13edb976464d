namespace IoTCentral.Hub.Tests;
