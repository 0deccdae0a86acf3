"""The shadow theatre: puppets, places, actions, cameras and light."""
